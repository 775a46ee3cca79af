//! Finds, checks and explains the AWS service endpoints that Amazon ECS needs.
