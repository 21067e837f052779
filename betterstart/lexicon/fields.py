from betterstart.fields import LineField, TextField

__all__ = ["LineField", "TextField"]
