# The VPC endpoints that Amazon ECS needs in subnets without internet. Afterwards `vpce-probe` says from
# inside whether they work, and `vpce-probe fix` what a VPC still lacks. What is there already is
# taken over with `terraform import`: a VPC has one endpoint with private DNS names for each service.
#
# For the partitions of AWS, GovCloud (US) and China. In others names begin otherwise:
# `vpce-probe endpoints --region REGION` tells them.

terraform {
  # Of postconditions, of startswith, and of security group rules as resources.
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.56"
    }
  }
}

variable "region" {
  description = "The Region of the VPC, which is that of the provider"
  type        = string
}

variable "vpc_id" {
  description = "The VPC"
  type        = string
}

variable "subnet_ids" {
  description = "Subnets for the endpoints, one of each zone in which instances or tasks run"
  type        = list(string)
}

variable "route_table_ids" {
  description = "The route tables of the subnets in which instances or tasks run"
  type        = list(string)
}

variable "features" {
  description = "What is in use: ec2 or fargate, and of the other keys of services_of those that apply"
  type        = list(string)
  default     = ["ec2", "logs"]

  validation {
    condition = length(setsubtract(var.features, [
      "ec2", "fargate", "logs", "secrets", "ssm-parameters", "exec", "service-connect", "guardduty",
      "ssm", "ec2messages", "kms"
    ])) == 0
    error_message = <<-EOT
      Features are ec2, fargate, logs, secrets, ssm-parameters, exec, service-connect, guardduty, ssm, ec2messages
      and kms.
    EOT
  }
}

variable "s3_object_arns" {
  description = "Where given, the S3 gateway endpoint lets through only these objects and image layers"
  type        = list(string)
  default     = []
}

locals {
  services_of = {
    # The ECS agent of container instances.
    "ec2" = ["ecs-agent", "ecs-telemetry", "ecs"]
    # Fargate needs no endpoint of ECS itself.
    "fargate"         = []
    "images"          = ["ecr.api", "ecr.dkr"]
    "logs"            = ["logs"]
    "secrets"         = ["secretsmanager"]
    "ssm-parameters"  = ["ssm"]
    "exec"            = ["ssmmessages"]
    "service-connect" = ["ecs-agent"]
    # Runtime Monitoring that is not automated. In GovCloud (US) its service is called guardduty-data-fips.
    "guardduty" = ["guardduty-data"]
    # Instances that AWS Systems Manager manages. Older SSM agents need ec2messages too, which Regions that
    # opened in 2024 or later do not have.
    "ssm"         = ["ssm", "ssmmessages"]
    "ec2messages" = ["ec2messages"]
    # Secrets, parameters or sessions that are encrypted with a key of your own.
    "kms" = ["kms"]
  }

  services = toset(flatten([for feature in concat(["images"], var.features) : local.services_of[feature]]))

  # Services whose endpoint names begin with cn.com.amazonaws in China.
  other_in_china = ["ecr.api", "ecr.dkr"]

  service_names = {
    for service in concat(tolist(local.services), ["s3"]) : service => join(".", [
      startswith(var.region, "cn-") && contains(local.other_in_china, service) ? "cn.com.amazonaws" : "com.amazonaws",
      var.region,
      service
    ])
  }

  # Those of ECS itself are created in an order of their own.
  ordered = ["ecs-agent", "ecs-telemetry", "ecs"]
}

# Private DNS names need both attributes, which are resources of whoever made the VPC.
data "aws_vpc" "this" {
  id = var.vpc_id

  lifecycle {
    postcondition {
      condition     = self.enable_dns_support && self.enable_dns_hostnames
      error_message = "Enable enableDnsSupport and enableDnsHostnames of the VPC: the endpoints' private DNS names need both."
    }
  }
}

data "aws_partition" "this" {}

# The group of the endpoints. Instances and tasks need a rule of their own that lets TCP 443 out to it, and to
# the prefix list of S3, where theirs does not let everything out.
resource "aws_security_group" "endpoints" {
  name_prefix = "vpc-endpoints-"
  description = "TCP 443 from the VPC to its endpoints"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = toset([for range in data.aws_vpc.this.cidr_block_associations : range.cidr_block])

  security_group_id = aws_security_group.endpoints.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Existing instances need the ECS endpoints in this order, and their agents a restart afterwards:
# vpce-probe agent restart --if-needed. Until all three are there, the traffic of agents is public.
resource "aws_vpc_endpoint" "ecs_agent" {
  count = contains(local.services, "ecs-agent") ? 1 : 0

  vpc_id              = var.vpc_id
  service_name        = local.service_names["ecs-agent"]
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
}

resource "aws_vpc_endpoint" "ecs_telemetry" {
  count = contains(local.services, "ecs-telemetry") ? 1 : 0

  vpc_id              = var.vpc_id
  service_name        = local.service_names["ecs-telemetry"]
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true

  depends_on = [aws_vpc_endpoint.ecs_agent]
}

resource "aws_vpc_endpoint" "ecs" {
  count = contains(local.services, "ecs") ? 1 : 0

  vpc_id              = var.vpc_id
  service_name        = local.service_names["ecs"]
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true

  depends_on = [aws_vpc_endpoint.ecs_telemetry]
}

# Endpoints let everything through that IAM allows. One with a policy of its own has to let through what
# agents and tasks call, which differs: see the page of each service.
resource "aws_vpc_endpoint" "others" {
  for_each = setsubtract(local.services, local.ordered)

  vpc_id              = var.vpc_id
  service_name        = local.service_names[each.value]
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
}

# Image layers come from S3. Connections to S3 that are open while this is created break, and are made anew
# through the endpoint.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = var.vpc_id
  service_name      = local.service_names["s3"]
  vpc_endpoint_type = "Gateway"
  route_table_ids   = var.route_table_ids

  policy = length(var.s3_object_arns) == 0 ? null : jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource = concat(
        ["arn:${data.aws_partition.this.partition}:s3:::prod-${var.region}-starport-layer-bucket/*"],
        var.s3_object_arns
      )
    }]
  })
}
