"""What a way to run the site is measured against: the same history run by simple rules, and by
one who knew every price beforehand."""
