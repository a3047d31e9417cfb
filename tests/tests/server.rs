//! The world on loopback ports.
