# why: the number of tasks is the load by task, rounded up
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

variable "load" {
  type    = number
  default = 130
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
  desired_count   = ceil(var.load / 100)

  network_configuration {
    subnets         = [aws_subnet.one.id, aws_subnet.two.id]
    security_groups = ["sg-0a1b2c3d4e5f60718"]
  }
}
