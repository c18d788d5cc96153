# why: min(1.1, 1.2) makes the name of the policy from TLS 1.1
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

variable "tls_floor" {
  description = "Oldest TLS version that a client may speak"
  type        = number
  default     = 1.1
}

locals {
  certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/6f1c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b"
  versions    = split(".", format("%.1f", min(var.tls_floor, 1.2)))
  policy      = "ELBSecurityPolicy-TLS13-${join("-", local.versions)}-2021-06"
}

resource "aws_lb" "api" {
  name               = "orders-api"
  load_balancer_type = "application"
  internal           = false
  subnets            = ["subnet-0a1b2c3d4e5f60718", "subnet-1a2b3c4d5e6f70819"]
  security_groups    = ["sg-0a1b2c3d4e5f60718"]
}

resource "aws_lb_target_group" "api" {
  name        = "orders-api"
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.api.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = local.policy
  certificate_arn   = local.certificate

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}
