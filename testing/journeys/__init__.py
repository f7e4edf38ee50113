"""What people do on the service from beginning to end, with or without scripts, in any language and at any width."""
