# why: the service is put into the first chunk of the subnets, which is one
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
  availability_zone = "eu-central-1b"
  cidr_block        = "10.0.1.0/24"
}

resource "aws_ecs_service" "api" {
  name            = "orders-api"
  cluster         = "arn:aws:ecs:eu-central-1:123456789012:cluster/orders"
  task_definition = "orders-api:42"
  launch_type     = "FARGATE"
  desired_count   = 2

  network_configuration {
    subnets         = chunklist([aws_subnet.one.id, aws_subnet.two.id], 1)[0]
    security_groups = ["sg-0a1b2c3d4e5f60718"]
  }
}
