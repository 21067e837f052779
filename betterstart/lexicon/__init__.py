"""The feelings people may choose from, and gentle prompts for fair wording. People choose; nothing is inferred."""
