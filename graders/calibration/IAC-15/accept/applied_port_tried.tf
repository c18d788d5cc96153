# why: the port is the fallback of a key that is not there
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
  web = { source = "0.0.0.0/0" }
}

resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = aws_security_group.lb.id
  cidr_ipv4         = local.web.source
  from_port         = try(local.web.port, 443)
  to_port           = try(local.web.port, 443)
  ip_protocol       = "tcp"
}
