//! A whole simulated VPC in one network namespace.
