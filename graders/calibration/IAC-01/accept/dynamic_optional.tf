# why: a dynamic block over objects with optional attributes
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

variable "rules" {
  type = map(object({
    port        = number
    cidrs       = optional(list(string), ["10.0.0.0/8"])
    description = optional(string)
  }))
  default = {
    https = { port = 443 }
    admin = { port = 8443, cidrs = ["10.20.0.0/16"], description = "Admin console" }
  }
}

resource "aws_security_group" "api" {
  name_prefix = "orders-api-"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"

  dynamic "ingress" {
    for_each = var.rules
    iterator = rule
    content {
      description = coalesce(rule.value.description, rule.key)
      from_port   = rule.value.port
      to_port     = rule.value.port
      protocol    = "tcp"
      cidr_blocks = rule.value.cidrs
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
