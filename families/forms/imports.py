from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation, Service, User
from families.imports.columns import GROUPS, OPTIONS, TARGETS, ColumnUse, FileUse, SheetUse, column_letter
from families.imports.reading import LARGEST_FILE
from families.models import ImportRun


class UploadForm(forms.Form):
    """A file and, for who coordinates in several, the organisation whose families are in it."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    file = forms.FileField(
        label=_("Your file"),
        help_text=_("An Excel workbook (.xlsx) or a CSV file, up to 50 MB. Nothing is saved before you confirm."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Service.objects.coordinated_by(by).values("organisation")
        organisations = Organisation.objects.filter(pk__in=mine).order_by("name")
        self.fields["organisation"].queryset = organisations
        if len(organisations) == 1:
            self.fields["organisation"].initial = organisations[0]
            self.fields["organisation"].widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > LARGEST_FILE:
            raise forms.ValidationError(
                _("This file is larger than 50 MB. Leave out sheets and columns you do not need, or split it.")
            )
        return self.cleaned_data["file"]


def _target_choices() -> list[tuple[Any, Any]]:
    grouped = [
        (label, [(target.key, target.label) for target in TARGETS.values() if target.group == group])
        for group, label in GROUPS.items()
    ]
    return [("", _("Leave out")), *grouped]


class ColumnsForm(forms.Form):
    """What each column of each sheet means, and what holds for every row."""

    service = forms.ChoiceField(
        label=_("Service"), required=False, help_text=_("For families and visits whose row names no service.")
    )
    start_time = forms.CharField(
        label=_("Visits began at"), required=False, max_length=10, help_text=_("Like 14:30, for visits without a time.")
    )
    duration = forms.CharField(
        label=_("Visits lasted (minutes)"), required=False, max_length=10, help_text=_("For visits without a length.")
    )
    worker = forms.CharField(
        label=_("Who went"), required=False, max_length=254, help_text=_("Name or email, for visits without one.")
    )
    FIXED = {
        "service": "support.service",
        "start_time": "visit.start_time",
        "duration": "visit.duration",
        "worker": "visit.worker",
    }

    def __init__(self, data: Mapping[str, Any] | None = None, *, run: ImportRun, by: User) -> None:
        super().__init__(data)
        self.run = run
        use = FileUse.from_json(run.use)
        services = Service.objects.coordinated_by(by).filter(organisation=run.organisation).order_by("name")
        names = [service.name for service in services]
        self.fields["service"].choices = [("", _("Say it in each row")), *((name, name) for name in names)]
        for name, target in self.FIXED.items():
            self.fields[name].initial = use.fixed.get(target, "")
        if len(names) == 1 and not use.fixed:
            self.fields["service"].initial = names[0]
        for at, sheet in enumerate(run.sheets):
            self._add_sheet(at, sheet, use.sheets.get(sheet["name"]))

    def _add_sheet(self, at: int, sheet: Mapping[str, Any], chosen: SheetUse | None) -> None:
        self.fields[f"sheet{at}"] = forms.BooleanField(
            label=_("Bring in this sheet"), required=False, initial=chosen is not None
        )
        for place, column in enumerate(sheet["columns"]):
            use = chosen.columns.get(place) if chosen else None
            name = column["heading"] or _("Column without a heading")
            self.fields[f"sheet{at}-{place}"] = forms.ChoiceField(
                label=name, choices=_target_choices, required=False, initial=use.target if use else ""
            )
            kind = TARGETS[use.target].kind if use else ""
            if kind in OPTIONS:
                self.fields[f"sheet{at}-{place}-how"] = forms.ChoiceField(
                    label=_("How to read it"),
                    choices=[("", _("Ask me if it is unclear")), *OPTIONS[kind].items()],
                    required=False,
                    initial=use.option if use else "",
                )

    @cached_property
    def sheets(self) -> list[dict[str, Any]]:
        """The fields by sheet and column, for the template."""
        return [
            {
                "name": sheet["name"],
                "rows": max(sheet["rows"] - sheet["heading_row"], 0),
                "heading_row": sheet["heading_row"],
                "wanted": self[f"sheet{at}"],
                "columns": list(self._columns(at, sheet)),
            }
            for at, sheet in enumerate(self.run.sheets)
        ]

    def _columns(self, at: int, sheet: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        headings = [column["heading"].casefold() for column in sheet["columns"]]
        for place, column in enumerate(sheet["columns"]):
            name = f"sheet{at}-{place}"
            yield {
                "letter": column_letter(place),
                "heading": column["heading"],
                "samples": column["samples"],
                "is_double": bool(column["heading"]) and headings.count(column["heading"].casefold()) > 1,
                "target": self[name],
                "how": self[f"{name}-how"] if f"{name}-how" in self.fields else None,
            }

    def file_use(self) -> FileUse:
        """The choices in the form the reader takes. Only after the form is valid."""
        use = FileUse(fixed={target: self.cleaned_data[name] for name, target in self.FIXED.items()})
        use.fixed = {target: text for target, text in use.fixed.items() if text}
        for at, sheet in enumerate(self.run.sheets):
            if not self.cleaned_data[f"sheet{at}"]:
                continue
            use.sheets[sheet["name"]] = SheetUse(sheet["heading_row"])
            for place in range(len(sheet["columns"])):
                name = f"sheet{at}-{place}"
                if target := self.cleaned_data[name]:
                    option = self._option(target, self.cleaned_data.get(f"{name}-how", ""))
                    use.sheets[sheet["name"]].columns[place] = ColumnUse(target, option)
        return use

    @staticmethod
    def _option(target: str, option: str) -> str:
        return option if option in OPTIONS.get(TARGETS[target].kind, {}) else ""
