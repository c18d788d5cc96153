# why: a rotation plan that is only a local
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

locals {
  aws_secretsmanager_secret_rotation = {
    secret_id                = "orders/db"
    automatically_after_days = 30
  }
}
