"""Pictures of each person's first page, taken from the demo in a real browser: `make screenshots`.

Run inside the test servers (the Makefile does): it fills an empty database with the demo, serves it, looks, and leaves.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PASSWORD = "kind words travel"  # noqa: S105
# file name, login, path after signing in, width, height
PICTURES = [
    ("today", "coordinator", "/", 1280, 900),
    ("my-visits", "volunteer", "/", 390, 844),
    ("my-own-page", "volunteer", "/my-visits/mine/", 390, 844),
    ("two-languages", "manager", "/", 1280, 900),
    ("open-a-record", "safeguarding", "/", 1280, 700),
    ("people", "admin", "/", 1280, 900),
]
BROWSER_ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]


def main() -> int:
    browser = os.environ.get("BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        sys.exit("No Chromium was found; set BROWSER to one.")
    environment = {
        **os.environ,
        "DEMO": "1",
        "DEBUG": "1",
        "SECURE": "0",
        "REQUIRE_SECOND_FACTOR": "0",
        "ALLOWED_HOSTS": "localhost",
    }
    manage = [sys.executable, "manage.py"]
    for command in ("migrate", "demo"):
        subprocess.run([*manage, command], cwd=ROOT, env=environment, check=True)
    told = subprocess.run([*manage, "demo", "--logins"], cwd=ROOT, env=environment, check=True, capture_output=True)
    link, code = told.stdout.decode().splitlines()[-1].split()[-2:]
    port = free_port()
    server = subprocess.Popen([*manage, "runserver", f"localhost:{port}", "--noreload"], cwd=ROOT, env=environment)
    try:
        wait_for(f"http://localhost:{port}/account/login/")
        take_pictures(browser, f"http://localhost:{port}", link, code)
    finally:
        server.terminate()
        server.wait()
    return 0


def take_pictures(browser: str, address: str, link: str, code: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=BROWSER_ARGS)
        for name, mailbox, path, width, height in PICTURES:
            context = chromium.new_context(viewport={"width": width, "height": height}, device_scale_factor=1)
            page = context.new_page()
            sign_in(page, address, f"{mailbox}@demo.example")
            page.goto(f"{address}{path}", wait_until="networkidle")
            page.screenshot(path=HERE / f"{name}.png")
            context.close()
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        sign_in(page, address, "coordinator@demo.example")
        page.goto(f"{address}/families/who-wait/")
        page.get_by_role("link", name="Find a volunteer").first.click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=HERE / "find-a-volunteer.png")
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        enter_own_page(page, f"{address}{link}", code)
        page.screenshot(path=HERE / "our-page.png")
        chromium.close()


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login/" not in url)


def enter_own_page(page: Page, link: str, code: str) -> None:
    page.goto(link)
    page.fill("[name=code]", code)
    page.click("main button[type=submit]")
    page.wait_for_url("**/our-page/")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5)  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"{url} did not answer.")


if __name__ == "__main__":
    sys.exit(main())
