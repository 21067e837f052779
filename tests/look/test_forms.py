"""Every form of the house says the same things in the same places."""

from __future__ import annotations

from html.parser import HTMLParser

from django import forms


class Example(forms.Form):
    name = forms.CharField(label="First name", help_text="As they like to be called.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    place = forms.ChoiceField(label="Where", choices=[("home", "At home"), ("out", "Out")], widget=forms.RadioSelect)
    felt = forms.MultipleChoiceField(
        label="Felt",
        required=False,
        choices=[("calm", "Calm"), ("tired", "Tired")],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )
    share = forms.BooleanField(label="The family may read this", required=False)
    key = forms.CharField(widget=forms.HiddenInput)


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.found if t == tag and all(a.get(k) == v for k, v in wanted.items())]


def test_field_is_tied_to_its_label_and_its_hint():
    page = Elements(str(Example()))
    [field] = page.all("input", name="name")

    assert page.all("label", **{"for": field["id"]})
    assert page.all("div", id=field["aria-describedby"], **{"class": "hint"})


def test_only_what_may_be_left_out_is_marked():
    page = str(Example())

    assert page.count("(optional)") == 2
    assert 'Note <span class="optional">' in page


def test_choices_are_a_group_with_a_legend_and_large_labels():
    page = Elements(str(Example()))

    assert len(page.all("fieldset")) == 2
    assert len(page.all("legend")) == 2
    assert len(page.all("label", **{"class": "choice"})) == 5
    assert page.all("div", **{"class": "choices chips"})


def test_refused_form_keeps_the_words_and_leads_to_each_fault():
    form = Example({"name": "", "note": "Kept <b>words</b>", "place": "nowhere", "key": "k"})
    html = str(form)
    page = Elements(html)
    targets = [a["href"].lstrip("#") for a in page.all("a")]

    assert "Kept &lt;b&gt;words&lt;/b&gt;" in html
    assert targets == ["id_name", "id_place_0"]
    assert all(page.all("input", id=target) for target in targets)
    [field] = page.all("input", name="name")
    assert field["aria-invalid"] == "true"
    assert page.all("div", id=field["aria-describedby"].split()[-1])


def test_fault_of_a_hidden_field_is_said_in_the_summary():
    html = str(Example({"name": "A", "place": "home"}))

    assert "error-summary" in html
    assert "This field is required." in html
