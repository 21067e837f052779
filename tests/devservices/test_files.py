import os

import pytest

from betterstart.devservices import files


def test_second_supervisor_in_one_folder_is_refused_until_the_first_lets_go(tmp_path):
    held = files.lock_supervisor(tmp_path)

    with pytest.raises(files.AlreadyRunning):
        files.lock_supervisor(tmp_path)
    os.close(held)
    os.close(files.lock_supervisor(tmp_path))


def test_leftover_process_holds_the_children_lock(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LEFTOVER_PATIENCE_SECONDS", 0.2)
    leftover = files.lock_children(tmp_path)

    with pytest.raises(files.StillStopping):
        files.lock_children(tmp_path)
    os.close(leftover)
    os.close(files.lock_children(tmp_path))


def test_secret_key_is_long_private_and_kept(tmp_path):
    key = files.secret_key(tmp_path)

    assert len(key) >= 50
    assert files.secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_environment_file_is_private_and_replaces_a_stale_one(tmp_path):
    (tmp_path / "env.json").write_text('{"ADDRESS": "http://localhost:1/"}')

    files.write_environment(tmp_path, {"ADDRESS": "http://localhost:2/"})

    assert files.read_address(tmp_path) == "http://localhost:2/"
    assert (tmp_path / "env.json").stat().st_mode & 0o777 == 0o600
    files.remove_environment(tmp_path)
    assert files.read_address(tmp_path) == ""
