# why: rotations for all the secrets of a map
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
  rotators = {
    db   = "rotate-postgres"
    mail = "rotate-mail"
  }
}

resource "aws_secretsmanager_secret" "this" {
  for_each = local.rotators
  name     = "orders/${each.key}"
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each            = local.rotators
  secret_id           = aws_secretsmanager_secret.this[each.key].id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:${each.value}"

  rotation_rules {
    automatically_after_days = 30
  }
}
