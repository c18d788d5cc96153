# why: a dynamic block over a local map
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

locals {
  open = {
    https = { port = 443, cidrs = ["0.0.0.0/0"] }
    admin = { port = 8443, cidrs = ["10.20.0.0/16"] }
  }
}

resource "aws_security_group" "lb" {
  name_prefix = "orders-lb-"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"

  dynamic "ingress" {
    for_each = local.open
    content {
      description = ingress.key
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = ingress.value.cidrs
    }
  }
}
