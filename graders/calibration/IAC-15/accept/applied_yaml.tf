# why: rules from a YAML text: only 443 is open to the world
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_security_group" "lb" {
  name_prefix = "orders-lb-"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"
}

locals {
  rules = yamldecode(<<-EOT
    - {name: web, port: 443, source: 0.0.0.0/0}
    - {name: peer, port: 8080, source: 10.0.0.0/8}
  EOT
  )
}

resource "aws_security_group_rule" "x" {
  for_each          = { for one in local.rules : one.name => one }

  type              = "ingress"
  security_group_id = aws_security_group.lb.id
  cidr_blocks       = [each.value.source]
  from_port         = each.value.port
  to_port           = each.value.port
  protocol          = "tcp"
}
