//! Throw-away servers and the lock probe.
