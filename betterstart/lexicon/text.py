from betterstart.text import clean_line, clean_text

__all__ = ["clean_line", "clean_text"]
