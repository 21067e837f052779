"""Made-up names in the mix of a Bradford neighbourhood: diacritics, one-word names, right-to-left script."""

from __future__ import annotations

import random
from dataclasses import dataclass

# share, language they like to speak, parents, other parents, children
HERITAGES = [
    (
        61, "ur",
        ["Amina", "Nadia", "Saima", "Rabia", "Zainab", "Fozia", "Hina", "Maryam", "Sobia", "Iqra", "Uzma", "Kiran",
         "Shumaila", "Tayyaba", "Noor", "نادیہ", "مریم بی بی", "Ayesha", "Mehwish", "Sidra"],
        ["Adnan", "Bilal", "Faisal", "Hamza", "Kashif", "Usman", "Waqas", "Zubair"],
        ["Yusuf", "Maryam", "Ibrahim", "Hafsa", "Ismail", "Zara", "Musa", "Inaya", "Dawud", "Aleeza", "Haris", "Eshal"],
    ),
    (
        12, "en",
        ["Katie", "Gemma", "Leanne", "Zoë", "Chantelle", "Becky", "Sinéad", "Jade", "Hayley"],
        ["Lee", "Craig", "Ryan", "Scott", "Danny"],
        ["Alfie", "Poppy", "Kian", "Lily-Mae", "Oscar", "Freya", "Theo", "Isla"],
    ),
    (
        8, "bn",
        ["Shirin", "Rumana", "Priya", "Harpreet", "Nasima", "Sukhi"],
        ["Rafiq", "Arjun", "Manjit"],
        ["Arafat", "Anika", "Veer", "Simran", "Tahmid"],
    ),
    (
        6, "pl",
        ["Agnieszka", "Małgorzata", "Štefánia", "Zdenka", "Kasia"],
        ["Łukasz", "Miroslav", "Paweł"],
        ["Szymon", "Zuzanna", "Matěj", "Lenka", "Oliwia"],
    ),
    (
        13, "en",
        ["Blessing", "Fatoumata", "Amelie", "Hodan", "Eden", "Olena", "Nguyễn Thị Mai", "Abeba", "林"],
        ["Emmanuel", "Abdi", "Tesfay"],
        ["Samuel", "Naomi", "Aman", "Noémie", "Liya", "Hugo"],
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Names:
    language: str
    parent: str
    partner: str
    children: tuple[str, ...]


def pick_names(rng: random.Random, children: int) -> Names:
    """One family's first names, and the language they like to speak with us."""
    _share, language, parents, partners, young = rng.choices(HERITAGES, weights=[row[0] for row in HERITAGES])[0]
    return Names(
        language, rng.choice(parents), rng.choice(partners), tuple(rng.sample(young, min(children, len(young))))
    )
