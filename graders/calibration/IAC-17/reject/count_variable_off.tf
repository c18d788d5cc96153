# why: the rotation is off by the variable's default
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

resource "aws_secretsmanager_secret" "db" {
  name                    = "orders/db"
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_rotation" "db" {
  count               = var.rotate ? 1 : 0
  secret_id           = aws_secretsmanager_secret.db.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate-postgres"

  rotation_rules {
    automatically_after_days = 30
  }
}

variable "rotate" {
  type    = bool
  default = false
}
