"""Caregivers: the person whom a member represents, and codes for others who represent the same person."""
