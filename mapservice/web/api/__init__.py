"""What programs ask of the service: released figures as JSON, as files, and as layers of a map. Nothing of persons."""
