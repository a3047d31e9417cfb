//! The plan alone: step for step.
