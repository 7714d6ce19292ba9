raise SystemExit('poisoned')
