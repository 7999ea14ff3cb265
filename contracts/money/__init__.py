"""What a contract brings: entitlements, proposals, payments, simulations, the three figures."""
