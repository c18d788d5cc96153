# why: merge lets the older settings win, which switch encryption off
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
  hardened  = { encrypted = true, class = "db.t4g.medium" }
  inherited = { encrypted = false, storage = 50 }
  settings  = merge(local.hardened, local.inherited)
}

resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "postgres"
  engine_version              = "16.4"
  instance_class              = local.settings.class
  allocated_storage           = local.settings.storage
  storage_encrypted           = local.settings.encrypted
  db_subnet_group_name        = "orders"
  username                    = "orders"
  manage_master_user_password = true
  backup_retention_period     = 14
  deletion_protection         = true
  skip_final_snapshot         = false
  final_snapshot_identifier   = "orders-final"

  lifecycle {
    prevent_destroy = true
  }
}
