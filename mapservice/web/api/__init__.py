"""The API for programs: released figures as JSON, as files, and as map layers. No personal data."""
