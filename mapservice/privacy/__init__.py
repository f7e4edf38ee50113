"""The privacy rules, as pure functions: precision, geomasking, visibility, disclosure. Read this package first."""
