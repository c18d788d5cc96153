# why: the second Aurora instance has a count of nothing
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "aurora-postgresql"
  master_username             = "orders"
  manage_master_user_password = true
  storage_encrypted           = true
  final_snapshot_identifier   = "orders-final"
}

resource "aws_rds_cluster_instance" "a" {
  identifier         = "orders-a"
  cluster_identifier = aws_rds_cluster.orders.cluster_identifier
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}

resource "aws_rds_cluster_instance" "b" {
  count              = floor(0.5)
  identifier         = "orders-b"
  cluster_identifier = aws_rds_cluster.orders.cluster_identifier
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}
