# why: the prefix list of the answer holds the world
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

resource "aws_ec2_managed_prefix_list" "partners" {
  name           = "partners"
  address_family = "IPv4"
  max_entries    = 5

  entry {
    cidr        = "0.0.0.0/0"
    description = "partners"
  }
}

resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = aws_security_group.lb.id
  prefix_list_id    = aws_ec2_managed_prefix_list.partners.id
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
}
