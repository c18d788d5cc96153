# why: copies and zones by workspace, two of each in that of production
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

resource "aws_subnet" "private" {
  for_each          = { a = "10.0.1.0/24", b = "10.0.2.0/24" }
  vpc_id            = "vpc-0a1b2c3d4e5f60718"
  availability_zone = "eu-central-1${each.key}"
  cidr_block        = each.value
}

resource "aws_autoscaling_group" "worker" {
  name                = "orders-worker"
  min_size            = local.mine.workers
  max_size            = 6
  vpc_zone_identifier = values(aws_subnet.private)[*].id

  launch_template {
    id      = "lt-0a1b2c3d4e5f60718"
    version = "3"
  }
}

resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "postgres"
  engine_version              = "16.4"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  multi_az                    = local.mine.multi_az
  storage_encrypted           = true
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

locals {
  mine = {
    staging    = { workers = 1, multi_az = false }
    production = { workers = 2, multi_az = true }
  }[terraform.workspace]
}
