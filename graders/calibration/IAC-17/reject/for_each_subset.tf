# why: the rotations leave one secret out
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

resource "aws_secretsmanager_secret" "this" {
  for_each = toset(["db", "mail"])
  name     = "orders/${each.key}"
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each            = toset(["db"])
  secret_id           = aws_secretsmanager_secret.this[each.key].id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate-${each.key}"

  rotation_rules {
    automatically_after_days = 30
  }
}
