"""What a transaction of any subject needs: advisory locks, options of statements, the withdrawals noted in it."""
