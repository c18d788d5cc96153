# why: the defaults of optional attributes open 22 to the world
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

variable "rules" {
  type = map(object({
    port   = optional(number, 22)
    source = optional(string, "0.0.0.0/0")
  }))
  default = { web = {} }
}

resource "aws_vpc_security_group_ingress_rule" "x" {
  for_each          = var.rules
  security_group_id = aws_security_group.lb.id
  cidr_ipv4         = each.value.source
  from_port         = each.value.port
  to_port           = each.value.port
  ip_protocol       = "tcp"
}
