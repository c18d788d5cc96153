# why: both symmetric keys rotate; only the RSA key for signing does not
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
  keys = {
    data    = { spec = "SYMMETRIC_DEFAULT", usage = "ENCRYPT_DECRYPT" }
    backups = { spec = "SYMMETRIC_DEFAULT", usage = "ENCRYPT_DECRYPT" }
    signing = { spec = "RSA_3072", usage = "SIGN_VERIFY" }
  }
  rotating = toset([for name, key in local.keys : name if can(regex("^SYMMETRIC_", key.spec))])
}

resource "aws_kms_key" "this" {
  for_each                 = local.keys
  description              = "Key for ${each.key}"
  customer_master_key_spec = each.value.spec
  key_usage                = each.value.usage
  enable_key_rotation      = contains(local.rotating, each.key)
  deletion_window_in_days  = 30
}

resource "aws_secretsmanager_secret" "partner" {
  name       = "orders/partner"
  kms_key_id = aws_kms_key.this["data"].arn
}

resource "aws_backup_vault" "orders" {
  name        = "orders"
  kms_key_arn = aws_kms_key.this["backups"].arn
}
