"""What the operator of a service has set: settings, texts, logo."""
