from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.fields import LineField, TextField


class OpenRecordForm(forms.Form):
    """A family's reference, and why its record must be opened now."""

    reference = LineField(
        label=_("The family’s reference"),
        max_length=20,
        help_text=_("Seven letters and numbers, as a coordinator reads them out to you."),
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    reason = TextField(
        label=_("Why do you need to open this record today?"),
        max_length=1000,
        help_text=_("The coordinators of this family read it, and the family may be shown it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
