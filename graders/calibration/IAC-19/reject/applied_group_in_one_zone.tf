# why: both subnets of the database are in one zone, the third is elsewhere
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

resource "aws_subnet" "one" {
  vpc_id            = "vpc-0a1b2c3d4e5f60718"
  availability_zone = "eu-central-1a"
  cidr_block        = "10.0.0.0/24"
}

resource "aws_subnet" "two" {
  vpc_id            = "vpc-0a1b2c3d4e5f60718"
  availability_zone = "eu-central-1a"
  cidr_block        = "10.0.1.0/24"
}

resource "aws_subnet" "three" {
  vpc_id            = "vpc-0a1b2c3d4e5f60718"
  availability_zone = "eu-central-1b"
  cidr_block        = "10.0.2.0/24"
}

resource "aws_db_subnet_group" "orders" {
  name       = "orders"
  subnet_ids = [aws_subnet.one.id, aws_subnet.two.id]
}

resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  storage_encrypted           = true
  username                    = "orders"
  manage_master_user_password = true
  skip_final_snapshot         = false
  final_snapshot_identifier   = "orders-final"
  multi_az                    = true
  db_subnet_group_name        = "orders"
}
