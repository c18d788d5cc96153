# why: both subnets of the group are in one zone, the third is elsewhere
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

resource "aws_autoscaling_group" "workers" {
  name                = "orders-workers"
  min_size            = 2
  max_size            = 6
  vpc_zone_identifier = [aws_subnet.one.id, aws_subnet.two.id]

  launch_template {
    id      = "lt-0a1b2c3d4e5f60718"
    version = "3"
  }
}
