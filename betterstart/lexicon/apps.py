from django.apps import AppConfig


class LexiconConfig(AppConfig):
    name = "betterstart.lexicon"
    label = "lexicon"
