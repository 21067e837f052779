"""Small pictures of a number on a scale, beside the number itself."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from families.models import Given

register = template.Library()


@register.simple_tag
def level(number: object, most: int) -> SafeString:
    """A number as steps that are filled or not, and in words: "3 of 5". Where there is none, why."""
    value = getattr(number, "value", None)
    if getattr(number, "given", Given.NUMBER) != Given.NUMBER or value is None:
        return format_html('<span class="level-word">{}</span>', number)
    steps = format_html_join("", "<i{}></i>", ((SafeString(' class="on"') if n < value else "",) for n in range(most)))
    words = _("{value} of {most}").format(value=value, most=most)
    return format_html(
        '<span class="level of-{}"><span class="level-steps" aria-hidden="true">{}</span> {}</span>', most, steps, words
    )
