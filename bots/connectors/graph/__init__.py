"""What Messenger and Instagram share: one company, one envelope, one signature."""
