//! Words that options take.

use clap::ValueEnum;
use vpce_probes::plan::Profile;
use vpce_probes::surroundings::LaunchType;

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FailOn {
    /// Exit with 1 on failures only
    Fail,
    /// Exit with 1 on warnings too
    Warn,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ColorArg {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FixFormat {
    /// A script for bash and the AWS CLI
    Cli,
    /// Terraform
    Terraform,
    /// A CloudFormation template
    Cloudformation,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LaunchTypeArg {
    /// EC2 container instance, or a task on one
    Ec2,
    /// Task on Fargate
    Fargate,
    /// Machine outside AWS (ECS Anywhere)
    External,
}

impl From<LaunchTypeArg> for LaunchType {
    fn from(given: LaunchTypeArg) -> Self {
        match given {
            LaunchTypeArg::Ec2 => Self::ContainerInstance,
            LaunchTypeArg::Fargate => Self::FargateTask,
            LaunchTypeArg::External => Self::External,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ProfileArg {
    /// EC2 container instance with the ECS agent
    Ec2,
    /// Task on Fargate
    Fargate,
    /// Instance managed by Systems Manager
    Ssm,
    /// Machine outside AWS (ECS Anywhere)
    External,
}

impl From<ProfileArg> for Profile {
    fn from(given: ProfileArg) -> Self {
        match given {
            ProfileArg::Ec2 => Self::Ec2,
            ProfileArg::Fargate => Self::Fargate,
            ProfileArg::Ssm => Self::Ssm,
            ProfileArg::External => Self::External,
        }
    }
}
