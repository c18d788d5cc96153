# why: names with secret in them that hold no secret
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

variable "db_password_secret_name" {
  type    = string
  default = "orders/production/db-password"
}

variable "token_url" {
  type    = string
  default = "https://login.example.com/oauth2/token"
}

resource "aws_secretsmanager_secret" "api_token" {
  name                    = "orders/api-token"
  kms_key_id              = "alias/orders-secrets"
  recovery_window_in_days = 30
}

resource "aws_key_pair" "deploy" {
  key_name   = "orders-deploy"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Zr1yq7vUe4kqG8m2x9w3b6n5t1s0c4d7f8a2e3h6J deploy@acme"
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length   = 14
  password_reuse_prevention = 24
  max_password_age          = 90
}
