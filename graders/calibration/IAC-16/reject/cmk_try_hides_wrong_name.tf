# why: try() hides that no key is called invoice: the database gets AWS's key
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
  databases = {
    orders   = { key = "orders" }
    invoices = { key = "invoice" }
  }
}

resource "aws_kms_key" "area" {
  for_each                = toset(["orders", "invoices"])
  description             = "Data of ${each.key}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_db_instance" "area" {
  for_each                    = local.databases
  identifier                  = each.key
  engine                      = "postgres"
  engine_version              = "16.4"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  storage_encrypted           = true
  kms_key_id                  = try(aws_kms_key.area[each.value.key].arn, null)
  db_subnet_group_name        = "orders"
  username                    = "orders"
  manage_master_user_password = true
  backup_retention_period     = 14
  deletion_protection         = true
  skip_final_snapshot         = false
  final_snapshot_identifier   = "${each.key}-final"

  lifecycle {
    prevent_destroy = true
  }
}
