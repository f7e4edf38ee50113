"""Caregivers: who speaks for which affected person."""
