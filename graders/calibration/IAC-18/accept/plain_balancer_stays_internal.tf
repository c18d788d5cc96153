# why: only api is subtracted: the balancer with the plain listener is internal
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
  certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/6f1c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b"
  balancers   = toset(["api", "reports"])
  internal    = setsubtract(local.balancers, ["api"])
}

resource "aws_lb" "this" {
  for_each           = local.balancers
  name               = "orders-${each.key}"
  load_balancer_type = "application"
  internal           = contains(local.internal, each.key)
  subnets            = ["subnet-0a1b2c3d4e5f60718", "subnet-1a2b3c4d5e6f70819"]
  security_groups    = ["sg-0a1b2c3d4e5f60718"]
}

resource "aws_lb_target_group" "this" {
  for_each    = local.balancers
  name        = "orders-${each.key}"
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_listener" "api" {
  load_balancer_arn = aws_lb.this["api"].arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = local.certificate

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["api"].arn
  }
}

resource "aws_lb_listener" "reports" {
  load_balancer_arn = aws_lb.this["reports"].arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["reports"].arn
  }
}
