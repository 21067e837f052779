from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable


def edition(example: str) -> Callable[[str], str]:
    """An argument type: a year, or a year and a month, like the example."""

    def parse(text: str) -> str:
        if not re.fullmatch(r"20\d\d" + (r"-(0[1-9]|1[0-2])" if "-" in example else ""), text, re.ASCII):
            raise ArgumentTypeError(f"{text} is not an edition such as {example}")
        return text

    return parse
