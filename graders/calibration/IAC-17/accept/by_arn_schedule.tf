# why: rotation by ARN with a schedule, before the secret
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

resource "aws_secretsmanager_secret_rotation" "db" {
  secret_id           = aws_secretsmanager_secret.db.arn
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate-postgres"

  rotation_rules {
    schedule_expression = "rate(14 days)"
    duration            = "2h"
  }
}

resource "aws_secretsmanager_secret" "db" {
  name                    = "orders/db"
  recovery_window_in_days = 30
}
