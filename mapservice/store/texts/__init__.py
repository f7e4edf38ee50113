"""Texts that members write for others."""
