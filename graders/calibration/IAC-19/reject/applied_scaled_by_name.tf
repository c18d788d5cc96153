# why: three tasks are wanted, but the scaler, which names the service by a text, goes down to one
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
  desired_count   = 3

  network_configuration {
    subnets         = [aws_subnet.one.id, aws_subnet.two.id]
    security_groups = ["sg-0a1b2c3d4e5f60718"]
  }
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = join("/", ["service", "orders", "orders-api"])
  min_capacity       = 1
  max_capacity       = 8
}
